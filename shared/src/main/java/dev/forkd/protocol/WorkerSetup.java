package dev.forkd.protocol;

import dev.forkd.sys.Fd;
import dev.forkd.sys.Memory;
import dev.forkd.sys.SharedBytes;
import dev.forkd.sys.SyscallException;
import java.nio.BufferOverflowException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All that a worker process must know to serve: handed over in a memfd with {@code Configure}, for settings have no fixed size.
 *
 * @param service name
 * @param handler class name, or the short name of a built-in handler
 * @param listen URLs of the service's listeners, which the handler must be able to serve
 * @param classpath jars and folders of the handler, empty for built-in ones
 * @param root the service's directory
 * @param zygote whether to freeze and be forked from instead of serving
 * @param concurrency how many clients at once
 * @param threads {@code platform}, {@code virtual} or {@code selector}
 * @param idle time without input after which a client is closed, zero never
 * @param graceful how long clients may finish once the supervisor is gone
 * @param accessLog whether anybody wants to hear of finished exchanges
 * @param record whether workers may be asked what code they used, see {@link Message.Recorded}
 * @param used code that workers of this service were seen to use, for a zygote to load before it warms up
 * @param settings the handler's own settings
 */
public record WorkerSetup(
        String service,
        String handler,
        List<String> listen,
        List<String> classpath,
        Optional<Path> root,
        boolean zygote,
        int concurrency,
        String threads,
        Duration idle,
        Duration graceful,
        boolean accessLog,
        boolean record,
        List<UsedClass> used,
        Map<String, String> settings) {
    private static final int MAX_BYTES = 1 << 20;

    /** Whether clients may come over a Unix socket, for a zygote to rehearse. */
    public boolean unixClients() {
        return listen.stream().anyMatch(url -> url.startsWith("unix:"));
    }

    /** A new memfd that holds this setup; the caller's to close. @throws ProtocolException if it has more than 1 MiB */
    public Fd toMemory() throws SyscallException, ProtocolException {
        ByteBuffer bytes = ByteBuffer.allocate(MAX_BYTES);
        try {
            Wire.string(bytes, service);
            Wire.string(bytes, handler);
            Wire.strings(bytes, listen);
            Wire.strings(bytes, classpath);
            Wire.string(bytes, root.map(Path::toString).orElse(""));
            bytes.put((byte) (zygote ? 1 : 0)).putInt(concurrency);
            Wire.string(bytes, threads);
            bytes.putLong(idle.toMillis()).putLong(graceful.toMillis()).put((byte) (accessLog ? 1 : 0));
            UsedClass.write(bytes.put((byte) (record ? 1 : 0)), used);
            Wire.map(bytes, settings);
        } catch (BufferOverflowException e) {
            throw new ProtocolException("settings of service " + service + " have more than 1 MiB", e);
        }
        Fd fd = Memory.create("forkd-setup", bytes.position());
        SharedBytes.write(fd, bytes.flip());
        return fd;
    }

    /** The same with code to load, and nothing to record any more. */
    public WorkerSetup withUsed(List<UsedClass> other) {
        return new WorkerSetup(
                service,
                handler,
                listen,
                classpath,
                root,
                zygote,
                concurrency,
                threads,
                idle,
                graceful,
                accessLog,
                false,
                other,
                settings);
    }

    /** Reads what {@link #toMemory} wrote. */
    public static WorkerSetup fromMemory(Fd fd) throws SyscallException, ProtocolException {
        try {
            ByteBuffer bytes = SharedBytes.read(fd, MAX_BYTES);
            String service = Wire.string(bytes);
            String handler = Wire.string(bytes);
            List<String> listen = Wire.strings(bytes);
            List<String> classpath = Wire.strings(bytes);
            String root = Wire.string(bytes);
            return new WorkerSetup(
                    service,
                    handler,
                    listen,
                    classpath,
                    root.isEmpty() ? Optional.empty() : Optional.of(Path.of(root)),
                    bytes.get() != 0,
                    bytes.getInt(),
                    Wire.string(bytes),
                    Duration.ofMillis(bytes.getLong()),
                    Duration.ofMillis(bytes.getLong()),
                    bytes.get() != 0,
                    bytes.get() != 0,
                    UsedClass.readAll(bytes),
                    Wire.map(bytes));
        } catch (BufferUnderflowException e) {
            throw new ProtocolException("malformed setup", e);
        }
    }
}
