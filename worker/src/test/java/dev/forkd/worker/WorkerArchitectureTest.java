package dev.forkd.worker;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Which package of the worker module may know which. */
class WorkerArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.forkd.worker", "dev.forkd.fork");

    /** Built-in handlers are written as a user's own would be: against the public interfaces. */
    @Test
    void handlersSeeOnlyThePublicInterfaces() {
        noClasses()
                .that()
                .resideInAPackage("dev.forkd.worker.handlers..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.forkd.sys..",
                        "dev.forkd.protocol..",
                        "dev.forkd.fork..",
                        "dev.forkd.worker",
                        "dev.forkd.worker.control..",
                        "dev.forkd.worker.serving..",
                        "dev.forkd.worker.log..")
                .check(CLASSES);
    }

    @Test
    void handlersDoNotKnowEachOther() {
        slices().matching("dev.forkd.worker.handlers.(*)..")
                .should()
                .notDependOnEachOther()
                .ignoreDependency( // no handlers: what several of them need
                        alwaysTrue(),
                        resideInAnyPackage("dev.forkd.worker.handlers.tls", "dev.forkd.worker.handlers.rehearsal"))
                .check(CLASSES);
    }

    @Test
    void theWorkerKnowsNoSupervisor() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.forkd.supervisor..")
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

    @Test
    void forkingIsALibraryOfItsOwn() {
        noClasses()
                .that()
                .resideInAPackage("dev.forkd.fork..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.forkd.worker..", "dev.forkd.protocol..", "dev.forkd.handler..")
                .check(CLASSES);
    }

    /** Boot puts the parts together, so it knows them all. */
    @Test
    void noPackagesGoRoundInCircles() {
        slices().matching("dev.forkd.worker.(*)..")
                .should()
                .beFreeOfCycles()
                .ignoreDependency(simpleName("Boot"), alwaysTrue())
                .check(CLASSES);
    }
}
