/*
 * Does anybody wait for a condition, or for a semaphore? HotSpot broadcasts a condition for each class it loads, mostly to
 * nobody, and uses semaphores as locks: no reason to revive. The counts of waiters are fields of glibc's objects. That
 * they still mean what we think is tried out once in every process, with threads that really wait; if they do not, every
 * signal counts as heard: slower, never wrong.
 */
#include "internal.h"

#include <pthread.h>
#include <semaphore.h>

static int conditions_known, semaphores_known;

#ifdef __GLIBC__
enum { CONDITION_FLAG_BITS = 3, SEMAPHORE_VALUE_BITS = 32, PATIENCE_MS = 200 };

struct trial {
    pthread_mutex_t mutex;
    pthread_cond_t condition;
    sem_t semaphore;
    int leave;
};

static unsigned long on_condition(void *condition) {
    return __atomic_load_n(&((pthread_cond_t *)condition)->__data.__wrefs, __ATOMIC_RELAXED) >> CONDITION_FLAG_BITS;
}

static unsigned long on_semaphore(void *semaphore) {
    return __atomic_load_n((uint64_t *)semaphore, __ATOMIC_RELAXED) >> SEMAPHORE_VALUE_BITS;
}

static void *wait_on_both(void *argument) {
    struct trial *trial = argument;
    pthread_mutex_lock(&trial->mutex);
    while (!trial->leave) pthread_cond_wait(&trial->condition, &trial->mutex);
    pthread_mutex_unlock(&trial->mutex);
    while (sem_wait(&trial->semaphore)) {}
    return 0;
}

static int becomes_one(unsigned long (*count)(void *), void *object) {
    for (int i = 0; i < PATIENCE_MS && count(object) == 0; i++) nap(i < 20 ? 50000 : 1000000);
    return count(object) == 1;
}

void try_waiters(void) {
    struct trial trial = {.mutex = PTHREAD_MUTEX_INITIALIZER, .condition = PTHREAD_COND_INITIALIZER};
    pthread_t thread;
    if (sem_init(&trial.semaphore, 0, 0) || pthread_create(&thread, 0, wait_on_both, &trial)) return;
    int condition_seen = becomes_one(on_condition, &trial.condition);
    pthread_mutex_lock(&trial.mutex);
    trial.leave = 1;
    pthread_cond_signal(&trial.condition);
    pthread_mutex_unlock(&trial.mutex);
    int semaphore_seen = becomes_one(on_semaphore, &trial.semaphore);
    sem_post(&trial.semaphore);
    pthread_join(thread, 0);
    sem_post(&trial.semaphore); /* a value is not a waiter */
    conditions_known = condition_seen && on_condition(&trial.condition) == 0;
    semaphores_known = semaphore_seen && on_semaphore(&trial.semaphore) == 0;
}

int condition_may_be_heard(void *condition) {
    return !conditions_known || on_condition(condition) > 0;
}

int semaphore_may_be_heard(void *semaphore) {
    return !semaphores_known || on_semaphore(semaphore) > 0;
}
#else
void try_waiters(void) {}

int condition_may_be_heard(void *condition) {
    (void)condition;
    return !conditions_known;
}

int semaphore_may_be_heard(void *semaphore) {
    (void)semaphore;
    return !semaphores_known;
}
#endif
