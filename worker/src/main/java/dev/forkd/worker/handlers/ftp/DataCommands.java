package dev.forkd.worker.handlers.ftp;

import dev.forkd.handler.Request;
import java.io.IOException;
import java.net.BindException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.Locale;
import java.util.function.Consumer;

/** PASV, EPSV, PORT, EPRT: how the next data connection is to come about. Only the client's own address takes part in one. */
final class DataCommands implements AutoCloseable {
    private static final int LOWEST_PORT = 1024;

    private final Control control;
    private final FtpSettings settings;
    private final InetAddress client;
    private final InetAddress local;
    private final Consumer<InetSocketAddress> listening;
    private DataPort port = new DataPort.None();
    private boolean onlyEpsv;

    /**
     * @param request the control connection, whose two addresses are the only ones for data
     * @param listening told of each passive listener
     */
    DataCommands(Control control, FtpSettings settings, Request request, Consumer<InetSocketAddress> listening) {
        this.control = control;
        this.settings = settings;
        this.client = hostOf(request.clientAddress());
        this.local = hostOf(request.localAddress());
        this.listening = listening;
    }

    /** The way that was chosen last. It serves one transfer: whoever takes it closes it. */
    DataPort take() {
        DataPort taken = port;
        port = new DataPort.None();
        return taken;
    }

    void pasv() throws IOException, FtpException {
        mustNotBeOnlyEpsv();
        if (!(local instanceof Inet4Address)) {
            throw new FtpException(425, "PASV is for IPv4; use EPSV.");
        }
        int number = listen();
        byte[] ip = settings.publicAddress().map(InetAddress::getAddress).orElseGet(local::getAddress);
        StringBuilder text = new StringBuilder("Entering Passive Mode (");
        for (byte b : ip) {
            text.append(b & 0xff).append(',');
        }
        control.reply(
                227,
                text.append(number >> 8)
                        .append(',')
                        .append(number & 0xff)
                        .append(").")
                        .toString());
    }

    void epsv(String argument) throws IOException, FtpException {
        switch (argument.strip().toUpperCase(Locale.ROOT)) {
            case "ALL" -> {
                onlyEpsv = true;
                control.reply(200, "EPSV it is, and nothing else.");
                return;
            }
            case "1" -> mustBe(local instanceof Inet4Address, "2");
            case "2" -> mustBe(local instanceof Inet6Address, "1");
            case "" -> {}
            default -> throw new FtpException(522, "Network protocol not supported, use (1,2)");
        }
        control.reply(229, "Entering Extended Passive Mode (|||" + listen() + "|)");
    }

    private static void mustBe(boolean supported, String other) throws FtpException {
        if (!supported) {
            throw new FtpException(522, "Network protocol not supported, use (" + other + ")");
        }
    }

    private int listen() throws IOException, FtpException {
        close();
        try {
            ServerSocketChannel listener = settings.passivePorts().listen(local, System.nanoTime());
            port = new DataPort.Passive(listener, client);
            InetSocketAddress address = (InetSocketAddress) listener.getLocalAddress();
            listening.accept(address);
            return address.getPort();
        } catch (BindException e) {
            throw new FtpException(425, "No passive port is free; try again later.");
        }
    }

    void port(InetSocketAddress address) throws IOException, FtpException {
        mustNotBeOnlyEpsv();
        if (!address.getAddress().equals(client) || address.getPort() < LOWEST_PORT) {
            throw new FtpException(501, "Only your own address, and ports from " + LOWEST_PORT + " up.");
        }
        close();
        port = new DataPort.Active(local, address);
        control.reply(200, "I will connect to that.");
    }

    private void mustNotBeOnlyEpsv() throws FtpException {
        if (onlyEpsv) {
            throw new FtpException(503, "You said EPSV ALL.");
        }
    }

    /** The host of an address on TCP. */
    static InetAddress hostOf(SocketAddress address) {
        return ((InetSocketAddress) address).getAddress();
    }

    @Override
    public void close() throws IOException {
        take().close();
    }
}
