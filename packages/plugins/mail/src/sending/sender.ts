/** Of messages while the workspace has set no sender. Good for the outbox alone: providers want one that they know. */
export const outboxSender = 'espalier@localhost'
