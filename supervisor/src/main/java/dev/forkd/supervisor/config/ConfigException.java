package dev.forkd.supervisor.config;

import java.util.List;
import java.util.stream.Collectors;

/** A configuration cannot be used; carries all problems at once, in the order of their lines. */
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1;
    private final transient List<Problem> problems;

    ConfigException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    public List<Problem> problems() {
        return problems;
    }
}
