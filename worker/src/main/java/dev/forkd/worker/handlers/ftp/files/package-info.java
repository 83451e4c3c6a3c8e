/** A user's files: a directory that nothing leads out of, uploads that appear when complete, quotas, and how listings look. */
package dev.forkd.worker.handlers.ftp.files;
