package dev.forkd.supervisor.cli;

import dev.forkd.supervisor.doctor.Doctor;
import dev.forkd.supervisor.doctor.Finding;
import dev.forkd.supervisor.doctor.Finding.Level;
import dev.forkd.supervisor.doctor.Host;
import dev.forkd.sys.SyscallException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code forkd doctor}. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description =
                "Tells what works on this machine and what to do about what does not. Exit code 1 if something does not.")
final class DoctorCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--clients", paramLabel = "N", description = "Also whether N clients at once are possible.")
    private Integer clients;

    @Option(
            names = "--json",
            description = "One line of JSON: {\"ok\",\"checks\":[{\"name\",\"level\",\"found\",\"advice\"}]}.")
    private boolean json;

    @Override
    public Integer call() throws SyscallException {
        if (clients != null && clients < 1) {
            throw new ParameterException(spec.commandLine(), "--clients must be 1 or more");
        }
        List<Finding> findings =
                Doctor.examine(Host.here(), clients == null ? OptionalInt.empty() : OptionalInt.of(clients));
        boolean ok = findings.stream().noneMatch(f -> f.level() == Level.FAIL);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(answer(findings, ok));
        } else {
            findings.forEach(f -> show(f, out));
        }
        return ok ? ExitCode.OK : ExitCode.FAILURE;
    }

    private static void show(Finding finding, PrintWriter out) {
        out.printf("%-4s  %-26s  %s%n", label(finding), finding.name(), finding.found());
        if (!finding.advice().isEmpty()) {
            out.printf("%-4s  %-26s  %s%n", "", "", "-> " + finding.advice());
        }
    }

    /** Failures stand out. */
    private static String label(Finding finding) {
        return finding.level() == Level.FAIL ? "FAIL" : finding.level().name().toLowerCase(Locale.ROOT);
    }

    private static ObjectNode answer(List<Finding> findings, boolean ok) {
        ObjectNode answer = JsonNodeFactory.instance.objectNode().put("ok", ok);
        ArrayNode checks = answer.putArray("checks");
        for (Finding finding : findings) {
            checks.addObject()
                    .put("name", finding.name())
                    .put("level", finding.level().name().toLowerCase(Locale.ROOT))
                    .put("found", finding.found())
                    .put("advice", finding.advice());
        }
        return answer;
    }
}
