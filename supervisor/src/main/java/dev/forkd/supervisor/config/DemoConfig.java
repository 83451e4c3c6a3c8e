package dev.forkd.supervisor.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What {@code forkd serve} serves when it is told nothing: the built-in services on 127.0.0.1, with their data in
 * {@code ./forkd-data}. The configuration is the resource {@code demo.toml}, a text that a user may begin a file of their own with.
 */
public final class DemoConfig {
    /** The directory of the demo's data, below the working directory. */
    public static final String DATA = "forkd-data";

    private static final Path NAME = Path.of("built-in demo");

    /** What the data directory begins with: a page that shows who serves it, and a text. */
    private static final List<String> PUBLIC = List.of("index.html", "style.css", "page.js", "icon.svg", "welcome.txt");

    private DemoConfig() {}

    /** The demo's TOML text; its paths are relative to the working directory. */
    public static String text() {
        return new String(resource("demo.toml"), StandardCharsets.UTF_8);
    }

    private static byte[] resource(String name) {
        try (InputStream in = DemoConfig.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new IllegalStateException(name + " is missing from forkd's own jar", e);
        }
    }

    /**
     * Makes the data directory, with a page to be greeted by, unless it is there.
     *
     * @param directory the working directory
     * @throws IOException if it cannot be made
     */
    public static ForkdConfig create(Path directory) throws IOException, ConfigException {
        Path open = directory.resolve(DATA).resolve("public");
        if (!Files.isDirectory(open)) {
            Files.createDirectories(open);
            for (String name : PUBLIC) {
                Path _ = Files.write(open.resolve(name), resource("demo/" + name));
            }
        }
        return ConfigReader.read(text(), directory, NAME);
    }
}
