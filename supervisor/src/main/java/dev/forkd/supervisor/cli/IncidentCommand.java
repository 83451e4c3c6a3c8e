package dev.forkd.supervisor.cli;

import dev.forkd.supervisor.doctor.Doctor;
import dev.forkd.supervisor.doctor.Host;
import dev.forkd.supervisor.incident.Bundle;
import dev.forkd.supervisor.incident.ProcFacts;
import dev.forkd.supervisor.incident.Secrets;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code forkd incident}. */
@Command(
        name = "incident",
        mixinStandardHelpOptions = true,
        description = {
            "Writes all that a bug report needs into one zip file.",
            "Status, workers, recent death records, the log's tail, stacks of the supervisor's threads, versions, what /proc"
                    + " tells, and the configuration without passwords. Read it before you send it: logs name clients."
        })
final class IncidentCommand implements Callable<Integer> {
    private static final int MOST_WORKERS = 200;
    private static final DateTimeFormatter NAME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

    private final Environment environment;

    @Mixin
    private final ControlOptions control;

    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "The file to write; otherwise forkd-incident-TIME.zip here.")
    private Path output;

    IncidentCommand(Environment environment) {
        this.environment = environment;
        this.control = new ControlOptions(environment);
    }

    @Override
    public Integer call() throws IOException {
        String name = "forkd-incident-" + NAME.format(ZonedDateTime.now(ZoneOffset.UTC)) + ".zip";
        Path file = environment.directory().resolve(output == null ? Path.of(name) : output);
        try (Bundle bundle = new Bundle(file)) {
            write(bundle);
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println(
                control.json()
                        ? ControlOptions.arguments()
                                .put("file", file.toString())
                                .toString()
                        : file.toString());
        return ExitCode.OK;
    }

    private void write(Bundle bundle) throws IOException {
        bundle.add("versions.txt", () -> String.join("\n", new Version().getVersion()) + "\n");
        bundle.add(
                "doctor.txt",
                () -> Doctor.examine(Host.here(), OptionalInt.empty()).stream()
                        .map(f -> f.level() + "  " + f.name() + "  " + f.found() + "  " + f.advice() + "\n")
                        .collect(Collectors.joining()));
        bundle.add("machine.txt", ProcFacts::machine);
        ObjectNode report = asked(bundle, "incident");
        if (report.has("pid")) {
            int pid = report.path("pid").asInt();
            bundle.add("log.txt", () -> lines(report.path("log")));
            bundle.add("deaths.jsonl", () -> lines(report.path("deaths")));
            bundle.add("threads.txt", () -> lines(report.path("threads")));
            bundle.add("supervisor.txt", () -> ProcFacts.process(pid));
            bundle.add("control-group.txt", () -> ProcFacts.controlGroup(pid));
            String configuration = report.path("config").asString("");
            if (!configuration.isEmpty()) {
                bundle.add("forkd.toml", () -> Secrets.removedFrom(Files.readString(Path.of(configuration))));
            }
        }
        ObjectNode status = asked(bundle, "status");
        bundle.add("status.json", () -> status.toPrettyString() + "\n");
        ObjectNode workers = asked(bundle, "ps");
        bundle.add("ps.json", () -> workers.toPrettyString() + "\n");
        workers.path("workers")
                .valueStream()
                .filter(worker -> worker.path("pid").isNumber())
                .limit(MOST_WORKERS)
                .forEach(worker -> addWorker(bundle, worker, worker.path("pid").asInt()));
    }

    private static void addWorker(Bundle bundle, JsonNode worker, int pid) {
        try {
            bundle.add(
                    "workers/" + worker.path("service").asString() + "-" + pid + ".txt", () -> ProcFacts.process(pid));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** The answer; an empty one, and the reason in the bundle and on standard error, where there is none. */
    private ObjectNode asked(Bundle bundle, String command) throws IOException {
        try {
            return control.ask(command);
        } catch (Exception e) {
            spec.commandLine().getErr().println("forkd incident: without \"" + command + "\": " + e.getMessage());
            bundle.add(command + "-missing.txt", () -> e.getMessage() + "\n");
            return ControlOptions.arguments();
        }
    }

    private static String lines(JsonNode list) {
        return list.valueStream().map(node -> node.asString() + "\n").collect(Collectors.joining());
    }
}
