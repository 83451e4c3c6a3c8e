package dev.forkd.supervisor;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Which package of the supervisor module may know which. */
class SupervisorArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.forkd.supervisor");

    @Test
    void theSupervisorKnowsNoWorkerAndNoHandler() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.forkd.worker..", "dev.forkd.fork..")
                .check(CLASSES);
    }

    /** The rules are pure functions of values: they are tested without a clock, a process or a file. */
    @Test
    void theCoreIsPure() {
        classes()
                .that()
                .resideInAPackage("dev.forkd.supervisor.core..")
                .should()
                .onlyDependOnClassesThat(
                        resideInAnyPackage("dev.forkd.supervisor.core..", "dev.forkd.supervisor.config..", "java..")
                                .and(not(resideInAnyPackage("java.io..", "java.nio.channels..", "java.net.http.."))))
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void theConfigurationKnowsNothingOfTheRest() {
        noClasses()
                .that()
                .resideInAPackage("dev.forkd.supervisor.config..")
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage("dev.forkd.supervisor..", "dev.forkd.sys..", "dev.forkd.protocol..")
                                .and(not(resideInAnyPackage("dev.forkd.supervisor.config.."))))
                .check(CLASSES);
    }

    /** {@code ProcessBuilder} has a reaper of its own, which would take exit codes from ours or lose its own to us. */
    @Test
    void processesAreStartedInOneWayOnly() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(ProcessBuilder.class, Process.class)
                .check(CLASSES);
        noClasses()
                .should()
                .callMethodWhere(target(owner(assignableTo(Runtime.class))).and(target(name("exec"))))
                .check(CLASSES);
    }

    @Test
    void nothingHereTouchesTheForeignInterface() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.lang.foreign..")
                .check(CLASSES);
    }

    /** The engines in process watch their children on the event loop, whose users in loop know the engines: one known circle. */
    @Test
    void noOtherPackagesGoRoundInCircles() {
        slices().matching("dev.forkd.supervisor.(*)..")
                .should()
                .beFreeOfCycles()
                .ignoreDependency(
                        resideInAPackage("dev.forkd.supervisor.process"), resideInAPackage("dev.forkd.supervisor.loop"))
                .check(CLASSES);
    }
}
