package dev.forkd.worker.serving;

import dev.forkd.handler.Handler;
import dev.forkd.ipc.JavaChild;
import dev.forkd.protocol.WorkerSetup;
import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds and makes the handlers that a configuration names: built-in ones by their short name, others by class name. */
public final class HandlerLoader {
    private static final String PACKAGE = "dev.forkd.worker.handlers.";
    private static final Map<String, List<String>> BUILT_IN = Map.of(
            "echo", List.of(PACKAGE + "echo.EchoHandler", PACKAGE + "echo.EchoDatagramHandler"),
            "files", List.of(PACKAGE + "files.FilesHandler"),
            "http", List.of(PACKAGE + "http.HttpHandler"),
            "ftp", List.of(PACKAGE + "ftp.FtpHandler"));
    private static final Map<String, List<String>> BUILT_IN_EVENT =
            Map.of("echo", List.of(PACKAGE + "echo.EchoEventHandler", PACKAGE + "echo.EchoDatagramHandler"));

    private HandlerLoader() {}

    /** The handler cannot be used; the message says which and why. */
    public static final class UnusableHandlerException extends Exception {
        private static final long serialVersionUID = 1;

        UnusableHandlerException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** Makes the handlers. They are not started yet. */
    public static HandlerSet load(WorkerSetup setup) throws UnusableHandlerException {
        boolean selector = setup.threads().equals("selector");
        Map<String, List<String>> builtIn = selector ? BUILT_IN_EVENT : BUILT_IN;
        List<String> names = builtIn.getOrDefault(setup.handler(), List.of(setup.handler()));
        ClassLoader loader = classLoader(setup);
        Thread.currentThread().setContextClassLoader(loader);
        List<Handler> handlers = new ArrayList<>();
        for (String name : names) {
            handlers.add(make(name, loader, setup));
        }
        HandlerSet set = HandlerSet.of(handlers);
        Optional<String> cannot = set.cannotServe(setup.handler(), setup.listen(), selector);
        if (cannot.isPresent()) {
            throw new UnusableHandlerException(cannot.get(), null);
        }
        return set;
    }

    private static ClassLoader classLoader(WorkerSetup setup) throws UnusableHandlerException {
        ClassLoader own = HandlerLoader.class.getClassLoader();
        if (setup.classpath().isEmpty()) {
            return own;
        }
        URL[] urls = new URL[setup.classpath().size()];
        for (int i = 0; i < urls.length; i++) {
            try {
                urls[i] = new File(setup.classpath().get(i)).toURI().toURL();
            } catch (MalformedURLException e) {
                throw new UnusableHandlerException(
                        "classpath entry " + setup.classpath().get(i) + " is not a path", e);
            }
        }
        JavaChild.extendClassPath(setup.classpath());
        return new URLClassLoader("handler", urls, own);
    }

    private static Handler make(String name, ClassLoader loader, WorkerSetup setup) throws UnusableHandlerException {
        try {
            Object made = Class.forName(name, true, loader).getConstructor().newInstance();
            if (made instanceof Handler handler) {
                return handler;
            }
            throw new UnusableHandlerException(
                    "handler " + name + " implements none of StreamHandler, DatagramHandler, EventHandler", null);
        } catch (ClassNotFoundException e) {
            throw new UnusableHandlerException(
                    "handler " + name + " is in none of " + setup.classpath() + " and not built in; built in are "
                            + BUILT_IN.keySet(),
                    e);
        } catch (NoSuchMethodException | IllegalAccessException | InstantiationException e) {
            throw new UnusableHandlerException(
                    "handler " + name + " must be a public class with a public constructor without parameters", e);
        } catch (InvocationTargetException e) {
            throw new UnusableHandlerException(
                    "the constructor of handler " + name + " threw " + e.getCause(), e.getCause());
        } catch (LinkageError e) {
            throw new UnusableHandlerException("handler " + name + " cannot be linked: " + e, e);
        }
    }
}
