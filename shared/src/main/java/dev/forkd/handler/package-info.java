/**
 * What the author of a service writes against: one interface per kind of service, and what forkd gives it.
 *
 * <p>A handler class is public, has a public constructor without parameters, and is named in the configuration
 * ({@code handler = "com.example.MyHandler"}, {@code classpath = ["my.jar"]}). It runs in worker processes only, never in the
 * supervisor. One object is made per worker process; with the {@code fork} engine it is made once in the zygote and every worker
 * begins with a copy of it, so whatever the constructor loads is shared copy-on-write.
 */
package dev.forkd.handler;
