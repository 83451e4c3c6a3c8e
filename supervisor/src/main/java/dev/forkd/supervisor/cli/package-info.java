/** The command line: {@code forkd serve}, and the commands to a running supervisor. docs/operations.md shows them. */
package dev.forkd.supervisor.cli;
