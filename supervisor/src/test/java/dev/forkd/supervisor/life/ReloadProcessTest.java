package dev.forkd.supervisor.life;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.supervisor.control.AdminException;
import dev.forkd.supervisor.testing.Fifo;
import dev.forkd.supervisor.testing.ForkdProcess;
import dev.forkd.supervisor.testing.LineClient;
import dev.forkd.sys.Processes;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Reloads under clients that are connected: with a good file, a bad one, one whose handler cannot start; and the signals that scale. */
@Tag("process")
@Timeout(300)
final class ReloadProcessTest {
    private static final String SERVICE = """
            control.ping-interval = "1h"
            [services.probe]
            listen = ["unix:probe"@LISTEN@]
            handler = "dev.forkd.supervisor.testing.handlers.@HANDLER@"
            classpath = ["@HANDLERS@"]
            workers = { engine = "exec", min-spares = @SPARES@, max-spares = 3, max = 9 }
            limits.queue-timeout = "100s"
            timeouts.graceful = "100s"
            """;

    @TempDir
    Path directory;

    private static String service(String listen, String handler, int spares) {
        return SERVICE.replace("@LISTEN@", listen).replace("@HANDLER@", handler).replace("@SPARES@", "" + spares);
    }

    @Test
    void clientsSeeNothingOfAReload() throws Exception {
        try (ForkdProcess forkd = ForkdProcess.serve(directory, service("", "ProbeHandler", 1));
                LineClient old = forkd.client("probe")) {
            assertEquals("1", old.ask("who", "gen"));
            aBadFileChangesNothing(forkd, old);
            aHandlerThatCannotStartChangesNothing(forkd, old);
            aGoodFileIsANewGeneration(forkd, old);
            aListenerThatIsNoLongerNamedServesWhoItHasAndCloses(forkd);
            pingsAsOftenAsTheFileSaysNow(forkd);
            aServiceComesBackWhileItsEarlierSelfServes(forkd);
            aReloadTakesTheSocketsOfTheOneItSupersedes(forkd);
            scalesBySignals(forkd);
            assertEquals(0, forkd.stop(), forkd.log());
        }
    }

    private void aBadFileChangesNothing(ForkdProcess forkd, LineClient old) throws Exception {
        ForkdProcess.write(directory, service("", "ProbeHandler", 1).replace("max-spares", "max-spare"));
        forkd.signal(Processes.SIGHUP);
        var _ = forkd.awaitLog("event=reload-failed .*forkd.toml:8.*max-spares");
        AdminException told =
                assertThrows(AdminException.class, () -> forkd.admin().ask("reload"));
        assertTrue(told.getMessage().contains("max-spare"), told.getMessage());
        assertEquals("1", old.ask("who", "gen"));
        try (LineClient fresh = forkd.client("probe")) {
            assertEquals("1", fresh.ask("who", "gen"));
        }
    }

    private void aHandlerThatCannotStartChangesNothing(ForkdProcess forkd, LineClient old) throws Exception {
        ForkdProcess.write(
                directory,
                service("", "Unstartable", 1)
                        + "[services.extra]\nlisten = [\"unix:extra\"]\nhandler = \"echo\"\nworkers.engine = \"exec\"\n");
        AdminException told =
                assertThrows(AdminException.class, () -> forkd.admin().ask("reload"));
        assertTrue(
                told.getMessage()
                        .contains("handler=dev.forkd.supervisor.testing.handlers.Unstartable"
                                + " cause=\"no database: ConnectException: Connection refused\""),
                told.getMessage());
        assertEquals("here", old.ask("echo here"));
        try (LineClient fresh = forkd.client("probe")) {
            assertEquals("1", fresh.ask("who", "gen"));
        }
        while (forkd.admin().ask("status").path("services").size() > 1) { // the one that was new ends again
            Thread.onSpinWait();
        }
    }

    private void aGoodFileIsANewGeneration(ForkdProcess forkd, LineClient old) throws Exception {
        ForkdProcess.write(directory, service(", \"unix:second\"", "ProbeHandler", 2));
        assertEquals(2, forkd.admin().ask("reload").path("generation").asInt());
        assertEquals("1", old.ask("who", "gen"));
        for (String socket : new String[] {"probe", "second"}) {
            try (LineClient fresh = LineClient.connect(UnixDomainSocketAddress.of(directory.resolve(socket)))) {
                assertTrue(Integer.parseInt(fresh.ask("who", "gen")) > 1);
            }
        }
        int worker = old.worker();
        old.finish();
        assertNull(old.hear());
        forkd.admin().awaitQuiet("probe");
        assertEquals(0, forkd.countLog("event=worker-exited .*pid=" + worker), "it left as it should");
    }

    private void aListenerThatIsNoLongerNamedServesWhoItHasAndCloses(ForkdProcess forkd) throws Exception {
        UnixDomainSocketAddress second = UnixDomainSocketAddress.of(directory.resolve("second"));
        try (LineClient client = LineClient.connect(second)) {
            ForkdProcess.write(directory, service("", "ProbeHandler", 2).replace("1h", "1s"));
            var _ = forkd.admin().ask("reload");
            assertThrows(IOException.class, () -> LineClient.connect(second));
            assertEquals("served", client.ask("echo served"));
        }
    }

    private static void pingsAsOftenAsTheFileSaysNow(ForkdProcess forkd) throws Exception {
        forkd.admin().awaitQuiet("probe");
        int spare = forkd.admin().workers("probe", "IDLE").getFirst();
        ForkdProcess.signal(spare, Processes.SIGSTOP);
        var _ = forkd.awaitLog("event=worker-exited .*pid=" + spare + " kind=timed-out cause=\"is stopped");
        forkd.admin().awaitQuiet("probe");
    }

    private static String extra() {
        String probe = service("", "ProbeHandler", 1);
        return probe.substring(probe.indexOf("[services"))
                .replace("probe]", "extra]")
                .replace("unix:probe", "unix:extra");
    }

    private void aServiceComesBackWhileItsEarlierSelfServes(ForkdProcess forkd) throws Exception {
        String probe = service("", "ProbeHandler", 2);
        UnixDomainSocketAddress socket = UnixDomainSocketAddress.of(directory.resolve("extra"));
        ForkdProcess.write(directory, probe + extra());
        var _ = forkd.admin().ask("reload");
        try (LineClient old = LineClient.connect(socket)) {
            assertEquals("before", old.ask("echo before"));
            ForkdProcess.write(directory, probe);
            var _ = forkd.admin().ask("reload");
            assertEquals("DRAINING", forkd.admin().status("extra").path("state").asString());
            ForkdProcess.write(directory, probe + extra());
            var _ = forkd.admin().ask("reload");
            try (LineClient fresh = LineClient.connect(socket)) {
                assertEquals("again", fresh.ask("echo again"));
            }
            assertEquals("READY", forkd.admin().status("extra").path("state").asString());
            assertEquals(3, forkd.admin().ask("status").path("services").size());
            assertEquals("still", old.ask("echo still"));
        }
        var _ = forkd.awaitLog("event=service-removed service=extra", 0, 2); // the first one was of a failed reload
        assertEquals(2, forkd.admin().ask("status").path("services").size());
    }

    private void aReloadTakesTheSocketsOfTheOneItSupersedes(ForkdProcess forkd) throws Exception {
        Path hold = directory.resolve("hold");
        Fifo.make(hold);
        String listen = ", \"unix:third\"";
        ForkdProcess.write(
                directory,
                service(listen, "ProbeHandler", 2)
                        .replace("engine =", "jvm-options = [\"-Dprobe.hold=" + hold + "\"], engine ="));
        int from = forkd.logSize();
        CompletableFuture<String> superseded = CompletableFuture.supplyAsync(() -> {
            try {
                return "done: " + forkd.admin().ask("reload");
            } catch (AdminException e) {
                return e.getMessage();
            }
        });
        var _ = forkd.awaitLog("event=output service=probe .*line=\"held\"", from, 1);
        ForkdProcess.write(directory, service(listen, "ProbeHandler", 2));
        var _ = forkd.admin().ask("reload");
        assertEquals("another reload came", superseded.get());
        try (LineClient client = LineClient.connect(UnixDomainSocketAddress.of(directory.resolve("third")))) {
            assertEquals("served", client.ask("echo served"));
        }
        try (RandomAccessFile _ = new RandomAccessFile(hold.toFile(), "rw")) {
            Files.delete(hold);
            forkd.admin().awaitQuiet("probe"); // the worker that was held is gone
        }
    }

    private static void scalesBySignals(ForkdProcess forkd) throws Exception {
        forkd.signal(Processes.SIGTTIN);
        JsonNode more = forkd.admin()
                .awaitStatus("probe", s -> s.path("workers").path("min-spares").asInt() == 3);
        assertEquals(10, more.path("workers").path("max").asInt());
        forkd.signal(Processes.SIGTTOU);
        var _ = forkd.admin()
                .awaitStatus("probe", s -> s.path("workers").path("min-spares").asInt() == 2);
    }
}
