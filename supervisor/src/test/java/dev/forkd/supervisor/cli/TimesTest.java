package dev.forkd.supervisor.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimesTest {
    @ParameterizedTest
    @CsvSource({"0,0s", "59,59s", "60,1m00s", "192,3m12s", "3599,59m59s", "3600,1h00m", "86399,23h59m", "1051200,12d4h"
    })
    void theTwoLargestUnits(long seconds, String text) {
        assertEquals(text, Times.text(seconds));
    }
}
