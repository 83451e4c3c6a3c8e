package dev.forkd.fork.nursery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.ipc.ForkedProcess;
import dev.forkd.sys.ExitStatus;
import dev.forkd.sys.Processes;
import dev.forkd.sys.Sockets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What becomes of children when there is no nursery. */
@Tag("process")
final class NurseryProcessTest {

    @Test
    void aKilledNurseryIsReplacedAndAutoGoesOnMeanwhile() throws Exception {
        Set<Long> others = children();
        run("fork", "fork");
        List<Long> nursery =
                children().stream().filter(pid -> !others.contains(pid)).toList();
        if (nursery.isEmpty()) { // another test of this JVM has left one
            nursery = List.copyOf(others);
        }
        assertEquals(1, nursery.size());
        assertTrue(Processes.kill(nursery.getFirst().intValue(), Processes.SIGKILL));
        run("auto", "exec"); // the one that finds the nursery dead
        run("fork", "fork");
        run("auto", "fork");
    }

    @Test
    void aChildThatAKilledNurseryDidNotTellOfIsReaped() throws Exception {
        Set<Long> before = children();
        Nursery nursery = Nursery.start();
        Set<Long> without = children();
        try (Sockets.Pair control = Sockets.pair(Sockets.SEQPACKET)) {
            nursery.ask(control.second()); // nobody takes the answer, as if there were none
            while (children().equals(without)) {
                Thread.onSpinWait();
            }
            nursery.close();
            assertEquals(before, children());
        }
    }

    /** Before it gets the request, while it forks, or after it told of its child; -Dforkd.nursery.kills=N as often as you like. */
    @Test
    void aNurseryKilledAtAnyTimeLeavesNoChild() throws Exception {
        long seed = Long.getLong("forkd.seed", System.nanoTime());
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Set<Long> before = children();
        int rounds = Integer.getInteger("forkd.nursery.kills", 3);
        int known = 0;
        for (int round = 0; round < rounds; round++) {
            Nursery nursery = Nursery.start();
            long delay = round % 3 == 0 ? 0 : random.nextLong(2_000_000);
            Thread killer = Thread.ofPlatform().start(() -> killAfter(delay, nursery.pid()));
            try (Sockets.Pair control = Sockets.pair(Sockets.SEQPACKET)) {
                int child = nursery.fork(control.second());
                control.first().close(); // it has nothing to do, and ends
                ExitStatus _ = Processes.await(child);
                known++;
            } catch (IOException e) {
                // It was killed before it told of a child.
            } finally {
                killer.join();
                nursery.close();
            }
            assertEquals(before, children(), "round " + round);
        }
        System.out.println(rounds + " nurseries killed, " + known + " after their child was known");
    }

    private static void killAfter(long nanos, int pid) {
        long start = System.nanoTime();
        while (System.nanoTime() - start < nanos) {
            Thread.onSpinWait();
        }
        try {
            boolean _ = Processes.kill(pid, Processes.SIGKILL);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Set<Long> children() {
        return ProcessHandle.current().children().map(ProcessHandle::pid).collect(Collectors.toSet());
    }

    private static void run(String engine, String by) throws Exception {
        try (ForkedProcess child = new ForkedProcess(() -> {}).engine(engine).start()) {
            assertEquals(by, child.startedBy());
            assertEquals("exited 0", child.join().text());
        }
    }

    @Test
    void whatCannotBeFrozenSaysWhy() throws Exception {
        System.setProperty("forkd.ipc.jvm", "-XX:+UsePerfData");
        try {
            IOException e = assertThrows(IOException.class, Nursery::start);
            assertTrue(e.getMessage().contains("hsperfdata"), e.getMessage());
        } finally {
            System.clearProperty("forkd.ipc.jvm");
        }
    }
}
