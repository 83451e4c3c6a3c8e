/** {@code forkd ftp}: an FTP client for people and scripts, with Apache Commons Net underneath. */
package dev.forkd.supervisor.client.ftp;
