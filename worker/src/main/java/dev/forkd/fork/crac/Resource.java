package dev.forkd.fork.crac;

/** The shape of {@code org.crac.Resource}, whose proxies are registered with us. */
public interface Resource {
    /** Before the fork. */
    void beforeCheckpoint(Context<? extends Resource> context) throws Exception;

    /** After it. */
    void afterRestore(Context<? extends Resource> context) throws Exception;
}
