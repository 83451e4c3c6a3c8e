package dev.forkd.supervisor.process;

import dev.forkd.supervisor.loop.EventLoop;
import dev.forkd.supervisor.observe.LogText;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process that takes over when the zygote in use dies: asked for when that is frozen, again when it has learned more, and again when it
 * is lost. On the loop's thread.
 */
final class Understudy {
    private static final Logger LOG = LoggerFactory.getLogger(Understudy.class);

    /** After so many children a zygote has learned what they touch (working_set.c), and a new understudy knows it too. */
    private static final int EXPERIENCED = 64;

    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final EventLoop loop;
    private final String service;
    private Optional<FrozenZygote> original = Optional.empty();
    private Optional<FrozenZygote> process = Optional.empty();
    private boolean young;

    Understudy(EventLoop loop, String service) {
        this.loop = loop;
        this.service = service;
    }

    /** This zygote is in use from now on, and has no understudy yet. */
    void standInFor(FrozenZygote zygote) {
        original = Optional.of(zygote);
        zygote.makeUnderstudy();
    }

    /** The zygote in use has nothing to do. */
    void renew(FrozenZygote zygote) {
        if (young && zygote.children() >= EXPERIENCED) {
            dismissProcess();
            zygote.makeUnderstudy();
        }
    }

    /** One was made; whoever is not wanted any more goes. */
    void made(FrozenZygote zygote, FrozenZygote understudy) {
        if (original.equals(Optional.of(zygote))) {
            young = understudy.children() < EXPERIENCED;
            process = Optional.of(understudy);
        } else {
            understudy.retire();
        }
    }

    /** None could be made. */
    void notMade(FrozenZygote zygote, String reason) {
        if (original.equals(Optional.of(zygote))) {
            LOG.warn("event=no-understudy service={} cause=\"{}\"", service, LogText.quoted(reason));
            later();
        }
    }

    /** A zygote has ended: if it was the understudy, another one is made. @return whether it was */
    boolean lost(FrozenZygote zygote, String cause) {
        if (!process.equals(Optional.of(zygote))) {
            return false;
        }
        LOG.warn("event=understudy-lost service={} pid={} cause=\"{}\"", service, zygote.pid(), LogText.quoted(cause));
        process = Optional.empty();
        later();
        return true;
    }

    private void later() {
        loop.after(PAUSE, () -> {
            if (process.isPresent() || original.isEmpty()) {
                return;
            }
            if (original.get().busy()) {
                later();
            } else {
                original.get().makeUnderstudy();
            }
        });
    }

    /** The original is dead. @return who takes over, if there is one */
    Optional<FrozenZygote> takeOver() {
        Optional<FrozenZygote> successor = process;
        process = Optional.empty();
        original = Optional.empty();
        return successor;
    }

    /** The original is not in use any more. */
    void dismiss() {
        original = Optional.empty();
        dismissProcess();
    }

    private void dismissProcess() {
        Optional<FrozenZygote> before = process;
        process = Optional.empty();
        young = false;
        before.ifPresent(FrozenZygote::retire);
    }

    Optional<Integer> pid() {
        return process.map(FrozenZygote::pid);
    }
}
