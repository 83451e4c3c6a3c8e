package dev.forkd.supervisor.cli;

import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/** What {@code forkd --version} prints: the version in the jar's manifest, and the JVM. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
                .orElse("(not from a jar)");
        return new String[] {
            "forkd " + version,
            "JVM " + System.getProperty("java.vendor.version", System.getProperty("java.vendor")) + " "
                    + Runtime.version()
        };
    }
}
