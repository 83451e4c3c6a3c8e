package dev.forkd.supervisor.config;

/** How a line of the access log is written: {@code access-format}. */
public enum AccessFormat {
    COMBINED,
    JSON
}
