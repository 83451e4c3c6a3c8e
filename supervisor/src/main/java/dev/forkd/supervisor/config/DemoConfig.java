package dev.forkd.supervisor.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What {@code forkd serve} serves when it is told nothing: the built-in services on 127.0.0.1, with their data in
 * {@code ./forkd-data}. The configuration is the resource {@code demo.toml}, a text that a user may begin a file of their own with.
 */
public final class DemoConfig {
    /** The directory of the demo's data, below the working directory. */
    public static final String DATA = "forkd-data";

    private static final Path NAME = Path.of("built-in demo");

    private DemoConfig() {}

    /** The demo's TOML text; its paths are relative to the working directory. */
    public static String text() {
        try (InputStream in = DemoConfig.class.getResourceAsStream("demo.toml")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("demo.toml is missing from forkd's own jar", e);
        }
    }

    /**
     * Makes the data directory, with a file to be greeted by, unless it is there.
     *
     * @param directory the working directory
     * @throws IOException if it cannot be made
     */
    public static ForkdConfig create(Path directory) throws IOException, ConfigException {
        Path open = directory.resolve(DATA).resolve("public");
        if (!Files.isDirectory(open)) {
            Files.createDirectories(open);
            Files.writeString(open.resolve("welcome.txt"), """
                    This is forkd's demo directory.
                    Whoever reads this over the network is being served by a process of their own.
                    """);
        }
        return ConfigReader.read(text(), directory, NAME);
    }
}
