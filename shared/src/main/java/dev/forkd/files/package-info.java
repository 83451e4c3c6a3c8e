/**
 * The wire protocol of the {@code files} service, as its handler and its client both speak it: docs/files-protocol.md.
 *
 * <p>{@link dev.forkd.files.Frame} lists all messages, {@link dev.forkd.files.FrameCodec} is their one encoding,
 * {@link dev.forkd.files.FrameReader} and {@link dev.forkd.files.FrameWriter} move them over a connection.
 */
package dev.forkd.files;
