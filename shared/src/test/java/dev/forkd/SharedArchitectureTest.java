package dev.forkd;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Which package of the shared module may know which. */
class SharedArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.forkd");

    @Test
    void onlySysTouchesTheForeignInterface() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.forkd.sys")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.lang.foreign..", "sun..", "jdk.internal..")
                .check(CLASSES);
    }

    @Test
    void sysKnowsNothingAboveIt() {
        classes()
                .that()
                .resideInAPackage("dev.forkd.sys")
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage("dev.forkd.sys", "java.."))
                .check(CLASSES);
    }

    /** Handler authors compile against it, and their jars must not drag anything of ours along. */
    @Test
    void theHandlerInterfaceStandsOnTheJdkAlone() {
        classes()
                .that()
                .resideInAPackage("dev.forkd.handler")
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage("dev.forkd.handler", "dev.forkd.ipc", "java.."))
                .check(CLASSES);
    }

    @Test
    void ipcAndProtocolDoNotKnowEachOthersInsides() {
        noClasses()
                .that()
                .resideInAPackage("dev.forkd.ipc..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.forkd.handler..", "dev.forkd.files..")
                .allowEmptyShould(true)
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage("dev.forkd.protocol..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.forkd.ipc..", "dev.forkd.files..")
                .check(CLASSES);
    }

    @Test
    void noPackagesGoRoundInCircles() {
        slices().matching("dev.forkd.(*)..").should().beFreeOfCycles().check(CLASSES);
    }
}
