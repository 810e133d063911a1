// Builds of different projects do not touch each other; one build alone leaves most of two cores idle.
[assembly: Parallelize(Workers = 2, Scope = ExecutionScope.ClassLevel)]
