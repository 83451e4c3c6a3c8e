/** Incident bundles: all that a bug report needs, in one file. Runs in the command line's process, beside a supervisor that may be ill. */
package dev.forkd.supervisor.incident;
