import { useMessages } from '@espalier/admin-kit'
import type { ReactNode } from 'react'
import { Dialog, Modal, ModalOverlay } from 'react-aria-components'
import { messages } from './messages.ts'

/** The navigation on a phone: over the page, until one has chosen. */
export default function NavigationDrawer({ onClose, children }: { onClose: () => void; children: ReactNode }) {
  const m = useMessages(messages)
  return (
    <ModalOverlay
      className="frame-scrim"
      isOpen
      isDismissable
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose()
      }}
    >
      <Modal className="frame-drawer">
        <Dialog aria-label={m.navigation}>{children}</Dialog>
      </Modal>
    </ModalOverlay>
  )
}
