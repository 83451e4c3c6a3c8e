package dev.forkd.supervisor.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.forkd.supervisor.config.ConfigReader;
import dev.forkd.supervisor.config.ForkdConfig;
import dev.forkd.supervisor.observe.SystemdNotifier;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Reloads of a supervisor that has not started, which refuses them once their file is read. */
@Timeout(60)
class ReloaderTest {
    private static final Path FILE = Path.of("/etc/forkd.toml");
    private static final String STARTING =
            "the supervisor is still starting; forkd status shows which service is not ready";

    private final ReloadTally tally = new ReloadTally();
    private ForkdConfig config;
    private EventLoop loop;
    private Thread thread;

    private static final class Outcome extends CompletableFuture<String> implements Reload.Outcome {
        @Override
        public void done(int generation) {
            complete("done");
        }

        @Override
        public void failed(String reason) {
            complete(reason);
        }
    }

    @BeforeEach
    void begin() throws Exception {
        config = new ForkdConfig(
                FILE,
                ConfigReader.read("[services.e]\nhandler = \"echo\"\nlisten = [\"tcp://127.0.0.1:0\"]\n", FILE)
                        .control(),
                List.of());
        loop = new EventLoop();
        thread = Thread.ofPlatform().start(() -> {
            try {
                loop.run();
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
    }

    @AfterEach
    void end() throws Exception {
        loop.stop();
        thread.join();
        loop.close();
    }

    private Reloader reloader(Optional<Path> file, Reloader.Reader reader) throws Exception {
        Supervisor supervisor = new Supervisor(loop, null, new SystemdNotifier(Map.of()), config, Runnable::run);
        return new Reloader(loop, supervisor, file, reader, tally, control -> {});
    }

    @Test
    void theLoopGoesOnWhileTheFileIsRead() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        Reloader reloader = reloader(Optional.of(FILE), file -> {
            try {
                goOn.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            return config;
        });
        Outcome outcome = new Outcome();
        Outcome second = new Outcome();
        reloader.reload(outcome);
        reloader.reload(second);
        CompletableFuture<String> loopAnswers = new CompletableFuture<>();
        loop.post(() -> loopAnswers.complete("still here"));
        assertEquals("still here", loopAnswers.get());
        goOn.countDown();
        assertEquals(STARTING, outcome.get());
        assertEquals(STARTING, second.get());
        assertEquals(2, tally.failed);
    }

    @Test
    void aBugIsAnAnswerToo() throws Exception {
        Outcome outcome = new Outcome();
        reloader(Optional.of(FILE), file -> {
                    throw new IllegalStateException("on purpose");
                })
                .reload(outcome);
        assertEquals("internal error, a bug of forkd's: java.lang.IllegalStateException: on purpose", outcome.get());
    }

    @Test
    void withoutAFileTheConfigurationThatItHasIsUsedAgain() throws Exception {
        Outcome outcome = new Outcome();
        reloader(Optional.empty(), file -> {
                    throw new AssertionError("there is no file");
                })
                .reload(outcome);
        assertEquals(STARTING, outcome.get());
    }
}
