package dev.forkd.files;

/**
 * One file of a listing.
 *
 * @param name its name, without a slash
 * @param size bytes
 * @param modifiedMillis time of the last change, milliseconds since 1970 UTC
 */
public record FileEntry(String name, long size, long modifiedMillis) {}
