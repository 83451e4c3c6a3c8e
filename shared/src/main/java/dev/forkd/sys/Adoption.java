package dev.forkd.sys;

import java.io.FileDescriptor;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;

/**
 * Makes a received descriptor a {@link SocketChannel} of the JDK, with all that it can do: blocking and selectable I/O,
 * {@code transferTo} (sendfile), {@code socket()}.
 *
 * <p>The JDK has no public way. This is the one class that reaches into it: {@code sun.nio.ch.SocketChannelImpl}'s constructor for a
 * connected descriptor, which needs {@code --add-opens java.base/sun.nio.ch=ALL-UNNAMED --add-opens java.base/java.io=ALL-UNNAMED}.
 */
public final class Adoption {
    private static final Constructor<?> FILE_DESCRIPTOR;
    private static final Constructor<?> CHANNEL;

    static {
        try {
            FILE_DESCRIPTOR = FileDescriptor.class.getDeclaredConstructor(int.class);
            FILE_DESCRIPTOR.setAccessible(true);
            CHANNEL = Class.forName("sun.nio.ch.SocketChannelImpl")
                    .getDeclaredConstructor(
                            SelectorProvider.class, ProtocolFamily.class, FileDescriptor.class, SocketAddress.class);
            CHANNEL.setAccessible(true);
        } catch (ReflectiveOperationException | RuntimeException e) {
            throw new IllegalStateException(
                    "cannot adopt sockets: this JDK (" + Runtime.version()
                            + ") needs --add-opens java.base/sun.nio.ch=ALL-UNNAMED"
                            + " --add-opens java.base/java.io=ALL-UNNAMED, or has changed SocketChannelImpl",
                    e);
        }
    }

    private Adoption() {}

    /**
     * Takes a connected stream socket over: the channel owns it from now on, also when this throws.
     *
     * @param peer the client's address; its kind decides whether the channel counts as Internet or Unix socket
     */
    public static SocketChannel adopt(Fd fd, SocketAddress peer) throws IOException {
        ProtocolFamily family = switch (peer) {
            case UnixDomainSocketAddress unix -> StandardProtocolFamily.UNIX;
            case InetSocketAddress inet when inet.getAddress().getAddress().length == 4 -> StandardProtocolFamily.INET;
            default -> StandardProtocolFamily.INET6;
        };
        int number = fd.release();
        try {
            return (SocketChannel)
                    CHANNEL.newInstance(SelectorProvider.provider(), family, FILE_DESCRIPTOR.newInstance(number), peer);
        } catch (ReflectiveOperationException e) {
            new Fd(number).close();
            throw new IOException("cannot adopt descriptor " + number, e);
        }
    }
}
