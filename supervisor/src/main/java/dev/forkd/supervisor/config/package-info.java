/**
 * The configuration: immutable records, and their reading from TOML with errors that name file, line, reason and the nearest
 * known key. Reading starts nothing: it only looks whether files and directories are there. {@code docs/configuration.md} lists
 * every key.
 */
package dev.forkd.supervisor.config;
