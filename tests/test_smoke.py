def test_a_small_experiment_runs_from_the_command_line(gridloom, write):
    done = gridloom("run", write())
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(" with: {'C'") == 3
