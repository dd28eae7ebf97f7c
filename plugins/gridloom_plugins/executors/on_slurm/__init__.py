"""The executor `submitit`: jobs of SLURM whose workers take calls from a folder."""
