"""The commands of `huifang`, a file for each thing they are about."""
