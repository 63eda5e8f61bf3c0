"""The gate through which every change of definitions goes, whoever proposes it: the same findings for all."""
