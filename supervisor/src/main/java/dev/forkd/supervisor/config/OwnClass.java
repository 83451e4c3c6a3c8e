package dev.forkd.supervisor.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipFile;

/** Looks whether a class of the user's own is where its class path says, without loading it. */
final class OwnClass {
    private OwnClass() {}

    /**
     * Whether these entries surely do not have the class: not if one cannot be read, or is a jar that names further jars in its manifest.
     *
     * @param classpath jars and directories
     */
    static boolean isMissing(String name, List<Path> classpath) {
        String file = name.replace('.', '/') + ".class";
        try {
            for (Path entry : classpath) {
                if (mayHave(entry, file)) {
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean mayHave(Path entry, String file) throws IOException {
        if (Files.isDirectory(entry)) {
            return Files.exists(entry.resolve(file));
        }
        try (JarFile jar = new JarFile(entry.toFile(), false, ZipFile.OPEN_READ, JarFile.runtimeVersion())) {
            Manifest manifest = jar.getManifest();
            return jar.getEntry(file) != null
                    || (manifest != null && manifest.getMainAttributes().containsKey(Attributes.Name.CLASS_PATH));
        }
    }
}
