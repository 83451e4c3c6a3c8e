/** {@code handler = "files"}: list, get and put the files of one directory, over {@link dev.forkd.files}. */
package dev.forkd.worker.handlers.files;
