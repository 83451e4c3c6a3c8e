/** What the interactive clients ({@code forkd files}, {@code forkd ftp}) share. */
package dev.forkd.supervisor.client;
