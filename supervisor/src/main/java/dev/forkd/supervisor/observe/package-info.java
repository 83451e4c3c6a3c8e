/** What operators see: death records, workers' log lines, access log, metrics, systemd's notifications. */
package dev.forkd.supervisor.observe;
