import type { PluginWords } from '@espalier/core'
import type { settings } from './settings.ts'

/** What the plugin, its settings and its permissions are called in the web app. */
export const words: PluginWords<typeof settings> = {
  title: { en: 'Mail', fr: 'Courrier' },
  about: {
    en: 'Sends mail, keeps what left, and never writes to who does not want it.',
    fr: 'Envoie le courrier, garde ce qui est parti, et n’écrit jamais à qui ne le veut pas.',
  },
  settings: {
    transport: {
      title: { en: 'How mail leaves', fr: 'Comment part le courrier' },
      fr: 'Comment part le courrier. « Boîte d’envoi » le garde ici, pour qu’on le regarde ; personne dehors n’en reçoit.',
      options: {
        outbox: { en: 'It stays in the outbox', fr: 'Il reste dans la boîte d’envoi' },
        ses: { en: 'Amazon SES', fr: 'Amazon SES' },
        smtp: { en: 'An SMTP server', fr: 'Un serveur SMTP' },
      },
    },
    fromAddress: {
      title: { en: 'Sender', fr: 'Expéditeur' },
      fr: 'Expéditeur des messages qui n’en nomment pas d’autre, comme « bonjour@example.com ».',
    },
    fromName: {
      title: { en: 'Name of the sender', fr: 'Nom de l’expéditeur' },
      fr: 'Nom à côté de l’adresse de l’expéditeur.',
    },
    replyTo: {
      title: { en: 'Answers go to', fr: 'Les réponses vont à' },
      fr: 'Où vont les réponses. Vide : à l’expéditeur.',
    },
    postalAddress: {
      title: { en: 'Postal address', fr: 'Adresse postale' },
      fr: 'Figure au bas du courrier commercial, comme l’exigent les lois de nombreux pays.',
    },
    ratePerSecond: {
      title: { en: 'Messages a second', fr: 'Messages par seconde' },
      fr: 'Messages par seconde par SMTP. SES dit lui-même combien il en prend.',
      unit: 'perSecond',
    },
    unknownAfterMinutes: {
      title: { en: 'Wait for news', fr: 'Attendre des nouvelles' },
      fr: 'Combien de temps attendre des nouvelles d’un message dont le prestataire n’a pas répondu.',
      unit: 'minutes',
    },
    transactionalWhenUnknown: {
      title: { en: 'Without news, transactional mail', fr: 'Sans nouvelles, le courrier transactionnel' },
      fr: 'Passé ce temps sans nouvelles : le renvoyer, au risque qu’il arrive deux fois ; ou non, au risque qu’il n’arrive jamais. Le courrier commercial n’est jamais renvoyé de lui-même.',
      options: {
        resend: { en: 'is sent again', fr: 'est renvoyé' },
        lose: { en: 'is not sent again', fr: 'n’est pas renvoyé' },
      },
    },
    tracking: {
      title: { en: 'What links tell', fr: 'Ce que disent les liens' },
      fr: 'Ce que disent les liens et un pixel : rien ; combien ont ouvert et cliqué ; ou qui, ce qui demande leur accord dans de nombreux pays.',
      options: {
        none: { en: 'Nothing', fr: 'Rien' },
        aggregate: { en: 'How many', fr: 'Combien' },
        individual: { en: 'Who', fr: 'Qui' },
      },
    },
    scannerTrap: {
      title: { en: 'Trap for scanners', fr: 'Piège à robots' },
      fr: 'Ajoute un lien que les gens ne voient pas, pour reconnaître les programmes qui suivent tous les liens.',
    },
    sesRegion: {
      title: { en: 'SES: region', fr: 'SES : région' },
      fr: 'Région d’AWS où SES envoie.',
    },
    sesConfigurationSet: {
      title: { en: 'SES: configuration set', fr: 'SES : jeu de configuration' },
      fr: 'Jeu de configuration de SES qui nous dit ce que deviennent les messages.',
    },
    sesPriceMicros: {
      title: { en: 'SES: price of a message', fr: 'SES : prix d’un message' },
      fr: 'Prix d’un message par SES, en millionièmes de dollar américain.',
      unit: 'micros',
    },
    snsTopics: {
      title: { en: 'SNS: topics', fr: 'SNS : sujets' },
      fr: 'Sujets de SNS par lesquels SES parle des messages. Ceux des autres sont refusés.',
    },
    snsAllowV1: {
      title: { en: 'SNS: older signatures', fr: 'SNS : anciennes signatures' },
      fr: 'Prendre aussi les messages de signature version 1, en SHA-1. Réglez plutôt SignatureVersion du sujet sur 2.',
    },
    smtpHost: {
      title: { en: 'SMTP: server', fr: 'SMTP : serveur' },
      fr: 'Serveur qui prend le courrier par SMTP.',
    },
    smtpPort: {
      title: { en: 'SMTP: port', fr: 'SMTP : port' },
      fr: 'Port du serveur SMTP : 587, ou 465 avec TLS.',
    },
    smtpSecurity: {
      title: { en: 'SMTP: encryption', fr: 'SMTP : chiffrement' },
      fr: '« STARTTLS » et « TLS » refusent d’envoyer sans chiffrement ; « aucun » est pour un serveur sur cette machine.',
      options: {
        starttls: { en: 'STARTTLS', fr: 'STARTTLS' },
        tls: { en: 'TLS', fr: 'TLS' },
        none: { en: 'None', fr: 'Aucun' },
      },
    },
    smtpUser: {
      title: { en: 'SMTP: user', fr: 'SMTP : utilisateur' },
      fr: 'Utilisateur du serveur SMTP. Vide : sans connexion.',
    },
    smtpPriceMicros: {
      title: { en: 'SMTP: price of a message', fr: 'SMTP : prix d’un message' },
      fr: 'Prix d’un message par SMTP, en millionièmes de dollar américain.',
      unit: 'micros',
    },
  },
  permissions: {
    'mail:read': 'Lire les messages envoyés, et qui les a reçus',
    'mail:write': 'Changer les modèles, renvoyer et annuler des messages',
    'mail:configure': 'Régler l’envoi : l’expéditeur, le service, ses clés et mots de passe',
  },
}
