package dev.forkd.supervisor.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** nginx or HAProxy as one process in the foreground, passing TCP connections on with a PROXY header. Ends with the test. */
public final class LoadBalancer implements AutoCloseable {
    /** An address of the loopback interface that other programs do not listen on: a free port stays free until we have it. */
    private static final String HOST = "127.77.0.1";

    private static final Path NGINX_STREAM = Path.of("/usr/lib/nginx/modules/ngx_stream_module.so");

    private final Process process;
    private final int port;

    private LoadBalancer(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Whether the nginx that is installed can pass TCP connections on: a module of its own in Debian (libnginx-mod-stream). */
    public static boolean nginxHasStreams() {
        return Files.exists(NGINX_STREAM);
    }

    /** nginx, which speaks version 1. */
    public static LoadBalancer nginx(Path directory, InetSocketAddress to) throws IOException, InterruptedException {
        int port = freePort();
        Path config = Files.writeString(directory.resolve("nginx.conf"), """
                load_module %s;
                daemon off;
                master_process off;
                pid %s/nginx.pid;
                error_log stderr;
                events {}
                stream { server { listen %s:%d; proxy_pass %s:%d; proxy_protocol on; } }
                """.formatted(
                        NGINX_STREAM, directory, HOST, port, to.getHostString(), to.getPort()));
        return start(port, List.of("nginx", "-p", directory.toString(), "-e", "stderr", "-c", config.toString()));
    }

    /** @param version of the protocol, 1 or 2 */
    public static LoadBalancer haproxy(Path directory, InetSocketAddress to, int version)
            throws IOException, InterruptedException {
        int port = freePort();
        Path config = Files.writeString(directory.resolve("haproxy.cfg"), """
                global
                  nbthread 1
                defaults
                  mode tcp
                  timeout connect 60s
                  timeout client 60s
                  timeout server 60s
                listen web
                  bind %s:%d
                  server forkd %s:%d %s
                """.formatted(
                        HOST, port, to.getHostString(), to.getPort(), version == 1 ? "send-proxy" : "send-proxy-v2"));
        return start(port, List.of("haproxy", "-db", "-q", "-f", config.toString()));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(HOST))) {
            return socket.getLocalPort();
        }
    }

    private static LoadBalancer start(int port, List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).inheritIO().start();
        LoadBalancer balancer = new LoadBalancer(process, port);
        while (!balancer.answers()) {
            if (process.waitFor(10, TimeUnit.MILLISECONDS)) {
                throw new IOException(command + " ended with " + process.exitValue());
            }
        }
        return balancer;
    }

    private boolean answers() {
        try (Socket _ = new Socket(HOST, port)) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    public String url() {
        return "http://" + HOST + ":" + port;
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException("the load balancer does not stop");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
