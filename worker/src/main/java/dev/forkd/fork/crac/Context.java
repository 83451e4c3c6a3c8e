package dev.forkd.fork.crac;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The registered resources, held weakly as org.crac demands: a resource that nobody else needs has nothing to be told. */
public final class Context<R extends Resource> {
    private final List<WeakReference<R>> registered = new ArrayList<>();

    Context() {}

    /** The later it is registered, the earlier it is told of the fork, and the later of the child. */
    public synchronized void register(R resource) {
        registered.removeIf(reference -> reference.refersTo(null));
        registered.add(new WeakReference<>(resource));
    }

    private synchronized List<R> inOrder() {
        List<R> alive = new ArrayList<>(registered.size());
        for (WeakReference<R> reference : registered) {
            R resource = reference.get();
            if (resource != null) {
                alive.add(resource);
            }
        }
        return alive;
    }

    Optional<Exception> beforeCheckpoint() {
        return tell(inOrder().reversed(), resource -> resource.beforeCheckpoint(this));
    }

    Optional<Exception> afterRestore() {
        return tell(inOrder(), resource -> resource.afterRestore(this));
    }

    @FunctionalInterface
    private interface Telling<R> {
        void tell(R resource) throws Exception;
    }

    private Optional<Exception> tell(List<R> resources, Telling<R> telling) {
        Exception failures = null;
        for (R resource : resources) {
            try {
                telling.tell(resource);
            } catch (Exception e) {
                if (failures == null) {
                    failures = new Exception("hooks failed, see the suppressed exceptions");
                }
                failures.addSuppressed(e);
            }
        }
        return Optional.ofNullable(failures);
    }
}
