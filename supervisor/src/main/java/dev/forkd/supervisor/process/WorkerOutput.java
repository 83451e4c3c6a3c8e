package dev.forkd.supervisor.process;

import dev.forkd.supervisor.loop.EventLoop;
import dev.forkd.sys.Epoll;
import dev.forkd.sys.Fd;
import dev.forkd.sys.MessageBuffer;
import dev.forkd.sys.Sockets;
import dev.forkd.sys.SyscallException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ObjIntConsumer;

/**
 * Standard output and error of all workers of a service, as whole lines with the pid of the process that wrote them.
 *
 * <p>One stream socket for all of them, on which the kernel stamps each write with the writer's pid (SO_PASSCRED, unix(7)): bytes of
 * two processes never come in one receive, a process that is killed loses nothing that it has written, and a forked worker needs no
 * pipe of its own. On the loop's thread only.
 */
public final class WorkerOutput implements AutoCloseable {
    private static final int LONGEST_LINE = 16 * 1024;
    private static final int READS_PER_TURN = 64;

    /** Processes that workers start end without our knowing: a line that such a one did not finish is given out when there are so many. */
    private static final int MOST_PARTIAL = 1024;

    /** What a write counts for at least in SO_SNDBUF: the kernel's own overhead. */
    private static final int LEAST_PER_WRITE = 512;

    private final Fd writeEnd;
    private final EventLoop.Watch readEnd;
    private final MessageBuffer buffer = new MessageBuffer(64 * 1024);

    /** Lines begun, the oldest first. */
    private final Map<Integer, ByteArrayOutputStream> partial = new LinkedHashMap<>();

    private final LastWords lastWords = new LastWords();
    private final ObjIntConsumer<String> lines;
    private final long mostHeld;

    /** @param lines gets each line and the pid of its writer */
    public WorkerOutput(EventLoop loop, ObjIntConsumer<String> lines) throws SyscallException {
        this.lines = lines;
        Sockets.Pair pair = Sockets.pair(Sockets.STREAM);
        this.writeEnd = pair.second();
        try {
            Sockets.option(pair.first(), Sockets.SOL_SOCKET, Sockets.SO_PASSCRED, 1);
            Sockets.shutdown(writeEnd, Sockets.SHUT_RD);
            this.mostHeld = 2L * Sockets.option(writeEnd, Sockets.SOL_SOCKET, Sockets.SO_SNDBUF);
            this.readEnd = loop.watch(pair.first(), Epoll.IN, events -> read(READS_PER_TURN, Long.MAX_VALUE));
        } catch (SyscallException e) {
            pair.close();
            buffer.close();
            throw e;
        }
    }

    /** What workers get as descriptors 1 and 2. */
    public Fd writeEnd() {
        return writeEnd;
    }

    /**
     * Reads what is there, nothing once closed: a retired zygote may end after its service. Bounded, so that a worker that floods its
     * output does not keep the loop from its other work.
     */
    private void read(int most, long mostBytes) throws SyscallException {
        long bytes = 0;
        for (int i = 0; i < most && bytes < mostBytes && readEnd.isOpen(); i++) {
            int length = buffer.receive(readEnd.fd(), MessageBuffer.DONTWAIT);
            if (length <= 0) {
                return;
            }
            bytes += Math.max(length, LEAST_PER_WRITE);
            append(buffer.senderPid(), buffer.data());
        }
    }

    private void append(int pid, ByteBuffer data) {
        ByteArrayOutputStream line = partial.computeIfAbsent(pid, p -> new ByteArrayOutputStream());
        while (data.hasRemaining()) {
            byte b = data.get();
            if (b == '\n' || line.size() >= LONGEST_LINE) {
                emit(pid, line);
            }
            if (b != '\n') {
                line.write(b);
            }
        }
        if (line.size() == 0) {
            partial.remove(pid);
        } else if (partial.size() > MOST_PARTIAL) {
            int oldest = partial.keySet().iterator().next();
            emit(oldest, partial.remove(oldest));
        }
    }

    private void emit(int pid, ByteArrayOutputStream line) {
        String text = line.toString(StandardCharsets.UTF_8);
        line.reset();
        String clean = text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
        lastWords.said(pid, clean);
        lines.accept(clean, pid);
    }

    /**
     * The process has ended: all that it wrote is read, and an unfinished last line is given out. That is in what the socket holds now, and
     * no more is read, for others may go on writing.
     *
     * @return its last words
     */
    public LastWords.Words ended(int pid) throws SyscallException {
        read(Integer.MAX_VALUE, mostHeld);
        ByteArrayOutputStream rest = partial.remove(pid);
        if (rest != null && rest.size() > 0) {
            emit(pid, rest);
        }
        return lastWords.take(pid);
    }

    /** What processes said last, here and in their logs. */
    public LastWords lastWords() {
        return lastWords;
    }

    @Override
    public void close() {
        readEnd.close();
        writeEnd.close();
        buffer.close();
    }
}
