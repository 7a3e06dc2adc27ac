import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { useMessages } from '../language/messages.ts'
import { IconButton } from './Button.tsx'
import { words } from './words.ts'
import './Dialog.css'

/** What a {@link Dialog} and a {@link Drawer} take. */
export interface DialogProps {
  open: boolean
  /** Asked for by Escape, by the cross, by a press outside. */
  onClose: () => void
  title: string
  /** Buttons at its foot, the one that goes on last. */
  actions?: ReactNode
  size?: 'small' | 'medium' | 'large'
  /** A press outside does not close it: for forms, where that would lose what was typed. */
  stays?: boolean
  /** Interrupts, and wants an answer. */
  alert?: boolean
  children?: ReactNode
}

/** A question or a form above the page. Keeps the focus inside, and gives it back to where it was. */
export function Dialog({ size = 'medium', ...rest }: DialogProps) {
  return <Overlay {...rest} overlayClass="e-scrim" modalClass={`e-dialog e-dialog-${size}`} />
}

/** The same at the edge of the window: a thing in detail, while its list stays where it is. */
export function Drawer({ size = 'medium', ...rest }: DialogProps) {
  return <Overlay {...rest} overlayClass="e-scrim e-scrim-side" modalClass={`e-drawer e-drawer-${size}`} />
}

function Overlay({
  open,
  onClose,
  title,
  actions,
  stays = false,
  alert = false,
  children,
  overlayClass,
  modalClass,
}: Omit<DialogProps, 'size'> & { overlayClass: string; modalClass: string }) {
  const m = useMessages(words)
  return (
    <ModalOverlay
      className={overlayClass}
      isOpen={open}
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose()
      }}
      isDismissable={!stays && !alert}
    >
      <Modal className={modalClass}>
        <AriaDialog className="e-dialog-inside" role={alert ? 'alertdialog' : 'dialog'}>
          <header className="e-dialog-head">
            <Heading slot="title" level={2}>
              {title}
            </Heading>
            {!alert && <IconButton label={m.close} icon={X} size="small" onPress={onClose} />}
          </header>
          <div className="e-dialog-body">{children}</div>
          {actions && <footer className="e-dialog-actions">{actions}</footer>}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  )
}
