package dev.forkd.supervisor.incident;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.api.Test;

final class SecretsTest {
    @Test
    void valuesOfKeysThatSoundLikeSecretsAreRemovedAndNothingElse() {
        assertEquals("""
                users.anna.password-hash = "(removed)"
                users = { bob = { password = "(removed)", root = "/home/bob" } }
                settings.api-token = "(removed)"
                tls.key = "/etc/forkd/key.pem"
                root = "/srv/password"
                """, Secrets.removedFrom("""
                        users.anna.password-hash = "pbkdf2$1$a$b"
                        users = { bob = { password = 'x y', root = "/home/bob" } }
                        settings.api-token = 123
                        tls.key = "/etc/forkd/key.pem"
                        root = "/srv/password"
                        """));
    }

    @Test
    void aValueGoesWithAllItsElementsLinesAndEscapes() {
        assertEquals("""
                tokens = "(removed)"
                listen = [
                  "tcp://[::1]:80", # where
                ]
                secret = "(removed)"
                secret2 = "(removed)"
                password = "(removed)" # said once
                "a key" = 1
                motto = 'a # b'
                """, Secrets.removedFrom("""
                        tokens = ["s1","s2", [
                          "s3" ]  # and s4
                        ]
                        listen = [
                          "tcp://[::1]:80", # where
                        ]
                        secret = \"""
                        s5 \\\""" s6
                        s7\"""\"
                        secret2 = '''s8
                        ''s9'''
                        password = "ab\\"cd" # said once
                        "a key" = 1
                        motto = 'a # b'
                        """));
    }

    @Test
    void tablesCommentsOptionsAndAddressesKeepNoneEither() {
        assertEquals("""
                [services.db.settings.secrets]
                first = "(removed)"
                [services.db.settings] # the password (removed)
                "pass\\u0077ord" = "(removed)"
                url = "postgres://web:(removed)@db/x"
                jvm-options = ["-Xmx1g", "-Ddb.password=(removed)"]
                """, Secrets.removedFrom("""
                        [services.db.settings.secrets]
                        first = "s1"
                        [services.db.settings] # the password was s2
                        "pass\\u0077ord" = "s3"
                        url = "postgres://web:s4@db/x"
                        jvm-options = ["-Xmx1g", "-Ddb.password=s5 s6"]
                        """));
    }

    @Test
    void whatIsNoTomlIsLeftOut() {
        String end = "\n# (removed: from here on it cannot be read)\n";
        assertEquals("a = 1\nb = " + end, Secrets.removedFrom("a = 1\nb = \"x\npassword = \"s\"\n"));
        assertEquals("a = 1\n" + end, Secrets.removedFrom("a = 1\nsome words\npassword = \"s\"\n"));
        for (String broken : new String[] {
            "password = [\"s1\"",
            "password =",
            "x = { password = \"s1\"",
            "password = '''s1",
            "token = [\"s1\", [\"s1\"}"
        }) {
            assertFalse(Secrets.removedFrom(broken).contains("s1"), broken);
        }
        assertFalse(Secrets.removedFrom("a = " + "[".repeat(100_000)).isEmpty());
    }

    @Test
    void commandLinesKeepTheirOptions() {
        assertEquals(
                "java -Xmx64m -Ddb.password=(removed) -cp /a:/b Main serve --set settings.motto=x"
                        + " --set users={anna={password-hash=(removed) --password (removed) --max 3 ",
                Secrets.removedFromCommandLine(String.join(
                        "\0",
                        "java",
                        "-Xmx64m",
                        "-Ddb.password=s1",
                        "-cp",
                        "/a:/b",
                        "Main",
                        "serve",
                        "--set",
                        "settings.motto=x",
                        "--set",
                        "users={anna={password-hash=\"s2\",root=\"/\"}}",
                        "--password",
                        "s3",
                        "--max",
                        "3",
                        "")));
    }
}
