package dev.forkd.worker.handlers.ftp.login;

import dev.forkd.handler.auth.PasswordHash;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A user who may log in.
 *
 * @param hash empty for the anonymous user, whose password is not looked at
 * @param quota bytes that the user's files may have together
 */
public record Account(String name, Optional<PasswordHash> hash, Path root, boolean readOnly, long quota) {}
