package dev.forkd.worker.handlers.http.files;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Content types by the ending of a file's name; text is UTF-8. */
final class MediaTypes {
    private static final String TABLE = """
            text/html; charset=utf-8: html htm
            text/css; charset=utf-8: css
            text/javascript; charset=utf-8: js mjs
            text/plain; charset=utf-8: txt text log conf ini md java c h py sh rs go toml yaml yml
            text/csv; charset=utf-8: csv
            text/calendar; charset=utf-8: ics
            text/vcard; charset=utf-8: vcf
            text/xml; charset=utf-8: xml xsl
            text/vtt; charset=utf-8: vtt
            application/json: json map
            application/ld+json: jsonld
            application/manifest+json: webmanifest
            application/atom+xml; charset=utf-8: atom
            application/rss+xml; charset=utf-8: rss
            application/xhtml+xml; charset=utf-8: xhtml
            application/pdf: pdf
            application/rtf: rtf
            application/epub+zip: epub
            application/zip: zip
            application/gzip: gz tgz
            application/x-bzip2: bz2
            application/x-xz: xz
            application/zstd: zst
            application/x-tar: tar
            application/x-7z-compressed: 7z
            application/vnd.rar: rar
            application/java-archive: jar war
            application/vnd.debian.binary-package: deb
            application/wasm: wasm
            application/vnd.openxmlformats-officedocument.wordprocessingml.document: docx
            application/vnd.openxmlformats-officedocument.spreadsheetml.sheet: xlsx
            application/vnd.openxmlformats-officedocument.presentationml.presentation: pptx
            application/vnd.oasis.opendocument.text: odt
            application/vnd.oasis.opendocument.spreadsheet: ods
            application/vnd.oasis.opendocument.presentation: odp
            application/msword: doc
            application/vnd.ms-excel: xls
            application/vnd.ms-powerpoint: ppt
            font/woff: woff
            font/woff2: woff2
            font/ttf: ttf
            font/otf: otf
            image/png: png
            image/apng: apng
            image/jpeg: jpg jpeg
            image/gif: gif
            image/webp: webp
            image/avif: avif
            image/svg+xml; charset=utf-8: svg
            image/bmp: bmp
            image/tiff: tif tiff
            image/vnd.microsoft.icon: ico
            audio/mpeg: mp3
            audio/ogg: ogg oga opus
            audio/wav: wav
            audio/flac: flac
            audio/aac: aac
            audio/mp4: m4a
            audio/midi: mid midi
            video/mp4: mp4 m4v
            video/webm: webm
            video/ogg: ogv
            video/mpeg: mpeg mpg
            video/quicktime: mov
            video/x-msvideo: avi
            video/mp2t: ts
            application/vnd.apple.mpegurl: m3u8
            """;
    private static final Map<String, String> BY_ENDING = read();

    private MediaTypes() {}

    private static Map<String, String> read() {
        Map<String, String> types = new HashMap<>();
        for (String line : TABLE.lines().toList()) {
            int end = line.lastIndexOf(':');
            for (String ending : line.substring(end + 1).strip().split(" ", -1)) {
                types.put(ending, line.substring(0, end));
            }
        }
        return Map.copyOf(types);
    }

    /** @param name of a file, without folders */
    static String of(String name) {
        String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return BY_ENDING.getOrDefault(ending, "application/octet-stream");
    }
}
