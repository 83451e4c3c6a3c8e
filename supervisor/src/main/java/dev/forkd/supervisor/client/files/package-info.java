/** {@code forkd files}: the client of the {@code files} service, as one-shot commands and as a prompt. docs/files.md shows it. */
package dev.forkd.supervisor.client.files;
