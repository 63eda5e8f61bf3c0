"""The commands of `huifang`, one module for each subject."""
