package dev.forkd.fork;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.forkd.sys.ForkRefusedException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.crac.CheckpointException;
import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Hooks registered by the interface of org.crac. */
class ForkHooksTest {
    private static ForkHooks hooks;
    private final List<String> told = new ArrayList<>();
    private boolean over; // hooks of a test that is over may not be collected yet

    @AfterEach
    void end() {
        over = true;
    }

    @BeforeAll
    static void install() {
        hooks = ForkHooks.install();
    }

    private final class Hook implements Resource {
        private final String name;
        private final boolean failsBefore, failsAfter;

        Hook(String name, boolean failsBefore, boolean failsAfter) {
            this.name = name;
            this.failsBefore = failsBefore;
            this.failsAfter = failsAfter;
            Core.getGlobalContext().register(this);
        }

        @Override
        public void beforeCheckpoint(Context<? extends Resource> context) throws Exception {
            told.add("before " + name);
            if (failsBefore && !over) {
                throw new Exception(name);
            }
        }

        @Override
        public void afterRestore(Context<? extends Resource> context) throws Exception {
            told.add("after " + name);
            if (failsAfter && !over) {
                throw new Exception(name);
            }
        }
    }

    @Test
    void theLastRegisteredIsToldFirstOfTheFork() throws Exception {
        List<Hook> kept = List.of(new Hook("a", false, false), new Hook("b", false, false));
        hooks.beforeFork();
        hooks.afterForkInChild();
        assertEquals(List.of("before b", "before a", "after a", "after b"), told);
        assertEquals(2, kept.size()); // they are held weakly: this keeps them until here
    }

    @Test
    void aFailureRefusesTheForkAndKeepsNoOtherFromBeingTold() {
        List<Hook> kept = List.of(new Hook("a", true, true), new Hook("b", true, false));
        ForkRefusedException refused = assertThrows(ForkRefusedException.class, hooks::beforeFork);
        assertEquals(List.of("before b", "before a", "after a", "after b"), told);
        assertEquals(
                List.of("b", "a"),
                List.of(refused.getCause().getSuppressed()).stream()
                        .map(Throwable::getMessage)
                        .toList());
        assertEquals(1, refused.getSuppressed().length);
        assertEquals(2, kept.size());
    }

    @Test
    void aFailureAfterTheForkIsToldWhenAllHaveBeenCalled() throws Exception {
        List<Hook> kept = List.of(new Hook("a", false, true), new Hook("b", false, false));
        hooks.beforeFork();
        assertThrows(ForkHooks.HookFailedException.class, hooks::afterForkInParent);
        assertEquals(List.of("before b", "before a", "after a", "after b"), told);
        assertEquals(2, kept.size());
    }

    @Test
    void checkpointsAreForkdsOwnDecision() {
        assertThrows(CheckpointException.class, Core::checkpointRestore);
    }

    @Test
    void randomBytesComeFromTheKernel() throws Exception {
        assertEquals("forkd", new SecureRandom().getProvider().getName());
        assertEquals("forkd", SecureRandom.getInstanceStrong().getProvider().getName());
        assertEquals(List.of(), hooks.unreachable());
    }
}
