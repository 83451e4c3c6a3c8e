package dev.forkd.worker.serving;

/** Which client the calling thread serves, so that its log events carry the client's number. */
public final class CurrentClient {
    private static final ThreadLocal<Long> ID = new ThreadLocal<>();

    private CurrentClient() {}

    static void set(long id) {
        ID.set(id);
    }

    static void clear() {
        ID.remove();
    }

    /** 0 where no client is served. */
    public static long id() {
        Long id = ID.get();
        return id == null ? 0 : id;
    }
}
